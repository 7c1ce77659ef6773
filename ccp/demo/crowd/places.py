"""Where fictitious clusters are: how many in each country, and cities of countries without NUTS regions."""

# How many clusters each country with NUTS regions has.
IN_EUROPE = {
    "DE": 22, "FR": 21, "IT": 18, "ES": 18, "PL": 12, "NL": 8, "BE": 8, "SE": 8, "AT": 8, "PT": 6, "CZ": 6, "HU": 6,
    "RO": 7, "GR": 5, "DK": 5, "FI": 5, "BG": 5, "IE": 3, "SK": 4, "HR": 3, "SI": 2, "LT": 2, "LV": 1, "EE": 1,
    "NO": 5, "CH": 4, "TR": 4, "RS": 2, "CY": 1, "LU": 1, "MT": 1,
}  # fmt: skip
# Name of the area, city, latitude and longitude, of clusters outside Europe.
ELSEWHERE = {
    "JP": [
        ("Kansai", "Osaka", 34.69, 135.50),
        ("Tokai", "Nagoya", 35.18, 136.91),
        ("Kyushu", "Fukuoka", 33.59, 130.40),
    ],
    "US": [
        ("Massachusetts", "Boston", 42.36, -71.06),
        ("Michigan", "Detroit", 42.33, -83.05),
        ("Colorado", "Denver", 39.74, -104.99),
    ],
    "BR": [("São Paulo", "Campinas", -22.91, -47.06), ("Santa Catarina", "Florianópolis", -27.60, -48.55)],
    "MX": [("Nuevo León", "Monterrey", 25.69, -100.32), ("Jalisco", "Guadalajara", 20.66, -103.35)],
    "CA": [("Québec", "Montréal", 45.50, -73.57), ("Ontario", "Waterloo", 43.46, -80.52)],
    "KR": [("Gyeonggi", "Suwon", 37.26, 127.03)],
    "CL": [("Valparaíso", "Valparaíso", -33.05, -71.62)],
    "MA": [("Casablanca", "Casablanca", 33.57, -7.59)],
    "TN": [("Sfax", "Sfax", 34.74, 10.76)],
    "IL": [("Haifa", "Haifa", 32.79, 34.99)],
    "ZA": [("Western Cape", "Cape Town", -33.93, 18.42)],
}
# How clusters are called in a country: the place and the theme take their places in the pattern.
PATTERNS = (
    "{theme} Cluster {place}",
    "{place} {theme} Cluster",
    "{theme} Network {place}",
    "{theme} Valley {place}",
    "{place} {theme} Alliance",
)
LOCAL = {
    "FR": ("Pôle {theme} {place}", "{theme} Cluster {place}"),
    "DE": ("{theme} Netzwerk {place}", "{theme} Cluster {place}", "{theme} Verbund {place}"),
    "AT": ("{theme} Cluster {place}", "{theme} Netzwerk {place}"),
    "IT": ("Polo {theme} {place}", "Distretto {theme} {place}"),
    "ES": ("Clúster {theme} {place}", "{theme} Clúster {place}"),
    "PT": ("Cluster {theme} {place}",),
    "PL": ("Klaster {theme} {place}", "{place} {theme} Klaster"),
    "SE": ("{theme} Arena {place}", "{theme} Region {place}"),
    "RO": ("Clusterul {theme} {place}",),
}
