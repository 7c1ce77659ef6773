"""What fictitious clusters tell: patterns of posts, by kind."""

# Title and text; {name}, {place}, {makers}, {work}, {facility}, {goal} and {land} are filled in.
NEWS = (
    (
        "{place}: {facility} opens its doors",
        "From this month, {facility} is open to members and guests. Companies book it by the day; the first week is "
        "free for those who come with a partner from abroad.\n\nWe built it because our members want to {work}.",
    ),
    (
        "Visit from {land}: eleven companies, three new projects",
        "A delegation from {land} spent two days with us. It met {makers}.\n\n"
        "Three pairs of companies write a project together. One of them will {work}.",
    ),
    (
        "{name}: twenty new members in a year",
        "{name} has grown by twenty members, most of them small companies. Ask the newest ones why they came, and they "
        "say: to meet {makers} without a sales talk.\n\nOur aim stays the same: {goal}.",
    ),
    (
        "{place}: what we learned from a year of trials",
        "For a year our members tried to {work}. It worked in two cases of three. We tell openly what failed, so that "
        "others need not repeat it.\n\nThe report has twelve pages, and everyone can have it.",
    ),
    (
        "{place}: school classes build for a week",
        "Four classes came to {facility}. They left with something that they had built themselves, and with the names "
        "of companies that take apprentices.",
    ),
)
ANNOUNCEMENTS = (
    (
        "Wanted: partners in {land}",
        "We look for a cluster in {land} whose members want to {work}. We offer access to {facility}, "
        "and bring {makers}.\n\nWrite to us by the end of next month.",
    ),
    (
        "Open day in {place}",
        "We show {facility} to everyone who is interested. In the morning there are tours, in the afternoon there is a "
        "market of ideas: each company has five minutes to say which partner it looks for.",
    ),
    (
        "Vouchers for trials in {place}",
        "Companies with fewer than fifty staff can apply for a voucher of 5,000 euros. It pays for days at {facility}. "
        "We decide within two weeks.",
    ),
)
DOCUMENTS = (
    (
        "Strategy to 2020: {goal}",
        "Our members agreed on a strategy. Its aim is to {goal}. The document names six steps, who takes them, and how "
        "we will know that they worked.",
    ),
    (
        "Map of the members of {name}",
        "Who makes what? The map lists {makers} with what they offer and what they look for, also in English.",
    ),
)
