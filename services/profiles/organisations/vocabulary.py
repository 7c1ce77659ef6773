"""The terms of profiles: services, technologies, labels, sectors, sizes, and national programmes (pure)."""

from collections.abc import Mapping
from enum import StrEnum


class ServiceOffered(StrEnum):
    """A service that an organisation offers to its members and others."""

    ACCESS_TO_FINANCE = "access_to_finance"
    DIGITAL_TRANSFORMATION = "digital_transformation"
    EVENTS_AND_PROMOTION = "events_and_promotion"
    GREEN_TRANSITION = "green_transition"
    INCUBATION = "incubation"
    INTELLECTUAL_PROPERTY = "intellectual_property"
    INTERNATIONALISATION = "internationalisation"
    LABORATORIES_AND_TESTING = "laboratories_and_testing"
    MARKET_INTELLIGENCE = "market_intelligence"
    POLICY_ADVICE = "policy_advice"
    RESEARCH_AND_INNOVATION_PROJECTS = "research_and_innovation_projects"
    TECHNOLOGY_TRANSFER = "technology_transfer"
    TRAINING_AND_SKILLS = "training_and_skills"


class Technology(StrEnum):
    """An advanced technology, after the list of the project Advanced Technologies for Industry."""

    ADVANCED_MANUFACTURING = "advanced_manufacturing"
    ADVANCED_MATERIALS = "advanced_materials"
    ARTIFICIAL_INTELLIGENCE = "artificial_intelligence"
    AUGMENTED_AND_VIRTUAL_REALITY = "augmented_and_virtual_reality"
    BIG_DATA = "big_data"
    BLOCKCHAIN = "blockchain"
    CLOUD_COMPUTING = "cloud_computing"
    CONNECTIVITY = "connectivity"
    CYBERSECURITY = "cybersecurity"
    INDUSTRIAL_BIOTECHNOLOGY = "industrial_biotechnology"
    INTERNET_OF_THINGS = "internet_of_things"
    MICRO_AND_NANOELECTRONICS = "micro_and_nanoelectronics"
    MOBILITY_TECHNOLOGIES = "mobility_technologies"
    NANOTECHNOLOGY = "nanotechnology"
    PHOTONICS = "photonics"
    ROBOTICS = "robotics"


class Label(StrEnum):
    """A label that an organisation holds."""

    CLUSTER_EXCELLENCE_BRONZE = "cluster_excellence_bronze"
    CLUSTER_EXCELLENCE_SILVER = "cluster_excellence_silver"
    CLUSTER_EXCELLENCE_GOLD = "cluster_excellence_gold"
    EUROPEAN_DIGITAL_INNOVATION_HUB = "european_digital_innovation_hub"
    NATIONAL_CLUSTER_LABEL = "national_cluster_label"


class Size(StrEnum):
    """A band of the number of members; an organisation without members, such as a company, has none."""

    MEMBERS_1_TO_14 = "1_to_14_members"
    MEMBERS_15_TO_49 = "15_to_49_members"
    MEMBERS_50_TO_149 = "50_to_149_members"
    MEMBERS_150_OR_MORE = "150_or_more_members"


def size_of(members: int) -> Size | None:
    """Return the band of a number of members; None for none."""
    if members <= 0:
        return None
    bands = ((15, Size.MEMBERS_1_TO_14), (50, Size.MEMBERS_15_TO_49), (150, Size.MEMBERS_50_TO_149))
    return next((band for below, band in bands if members < below), Size.MEMBERS_150_OR_MORE)


# National programmes that recognise clusters, and their countries.
PROGRAMMES: Mapping[str, str] = {
    "Agrupaciones Empresariales Innovadoras": "ES",
    "Akkreditált Innovációs Klaszter": "HU",
    "Cluster Tecnologici Nazionali": "IT",
    "Clusters de Competitividade": "PT",
    "Clusters Denmark": "DK",
    "Global Innovation Clusters": "CA",
    "go-cluster": "DE",
    "Krajowe Klastry Kluczowe": "PL",
    "Luxembourg Cluster Initiative": "LU",
    "Norwegian Innovation Clusters": "NO",
    "Pôles de compétitivité": "FR",
    "Pôles de compétitivité de Wallonie": "BE",
    "Speerpuntclusters": "BE",
    "Strateška razvojno-inovacijska partnerstva": "SI",
    "Topsectoren": "NL",
    "Vinnväxt": "SE",
}


def programmes_of(country: str) -> list[str]:
    """Return the national programmes of a country that recognise clusters."""
    return [name for name, place in PROGRAMMES.items() if place == country]
