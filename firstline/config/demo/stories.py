"""What happens at the demo organisation: short true-to-life stories. Who says what, and what becomes of it.

A line begins with who acts: `r` the requester, `a` an agent, `n` an internal note; `@` lines are changes.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Story:
    subject: str
    kind: str = "incident"
    team: str = "Service desk"
    category: str = "Software"
    impact: int = 3
    urgency: int = 2
    source: str = "mail"
    tags: tuple[str, ...] = ()
    lines: tuple[str, ...] = field(default_factory=tuple)


CATEGORIES = {
    "Hardware": ("Laptop", "Monitor", "Printer", "Phone"),
    "Software": ("Office", "ERP", "Browser"),
    "Network": ("VPN", "Wi-Fi", "Internet line"),
    "Accounts": ("Password", "Access rights", "New starter"),
    "Warehouse": ("Scanner", "Label printer"),
}

STORIES = (
    Story("Scanner gun in hall 3 shows “no network”", team="Network", category="Scanner", impact=2, urgency=1, tags=("hall 3",), source="phone", lines=(
        "r Since the shift started at six, none of the four scanner guns in hall 3 gets a connection. We write everything down by hand.",
        "@take", "a Thank you, I see that the access point above gate 12 is down. I restart it now, please try again in five minutes.",
        "n Third time this month. The power injector is probably dying; ordered a new one, @tomasz please look when you are in hall 3.",
        "r Two of four are back, the other two still not.", "a Please take the battery out of those two for ten seconds.", "r That did it. All four work.", "@resolve", "@yes",
    )),
    Story("Cannot sign in after my holiday", category="Password", source="portal", lines=(
        "r It says that my password has expired, and then that the new one was used before. I have tried five times.",
        "@take", "a Welcome back! I have reset it; you get a one-time code by text message. Choose something with at least ten letters.", "r I am in, thank you for being so quick!", "@resolve", "@yes",
    )),
    Story("VPN drops every twenty minutes", team="Network", category="VPN", urgency=1, tags=("home office",), lines=(
        "r When I work from home the VPN disconnects every twenty minutes or so, always in the middle of calls.",
        "@take", "a Which internet provider do you have, and is it Wi-Fi or a cable?", "@wait", "r Fibre, with Wi-Fi. With a cable it is the same.",
        "n Same picture as two others with the new client version. The rekey timer differs between client and gateway.", "a We have found it: the new client renews its key at another time than our gateway expects. A corrected profile arrives on your laptop tonight.",
    )),
    Story("ERP: invoice run stops at 80 %", team="Applications", category="ERP", impact=1, urgency=1, tags=("month end",), source="phone", lines=(
        "r The invoice run has stopped at 80 % and nobody can book. It is the last day of the month!",
        "@take", "n P1. Lock on table INVPOS, held by a session of the report server since 08:12.", "a We know what it is: a report blocks the booking. We end it now; the run goes on by itself.", "r It runs again. Thank you.", "@resolve",
    )),
    Story("New starter on the 1st: Jana Vogel, accounting", kind="request", category="New starter", source="portal", lines=(
        "r Jana Vogel starts in accounting on the 1st. She needs a laptop, e-mail, the ERP role “accounts payable” and a place at the printer on floor 2.",
        "@take", "a Laptop and e-mail are ready. For the ERP role I need the word of Mr Baumann; I have asked him.", "@waitother",
    )),
    Story("Second monitor for the dispatch desk", kind="request", category="Monitor", urgency=3, source="portal", lines=(
        "r We plan routes with three windows side by side. A second monitor would save us a lot of clicking.", "@take", "a Ordered; it comes on Thursday. Tomasz brings it and sets it up.", "r Perfect.",
    )),
    Story("Printer on floor 2 prints empty pages", category="Printer", source="mail", tags=("floor 2",), lines=(
        "r The printer next to the kitchen on floor 2 takes paper and gives it back empty. The toner says 60 %.",
        "@take", "a The drum is at its end, not the toner. A new one lies in the cupboard beside it; shall I come by, or do you want to try? It is the long grey part, marked C.", "r I was brave. It prints!", "@resolve", "@yes",
    )),
    Story("Outlook asks for my password again and again", category="Office", lines=(
        "r Every few minutes a window pops up and wants my password. I type it, it is happy, and then it asks again.",
        "@take", "a That is an old saved password. Please open “Credential Manager”, remove everything that begins with “MicrosoftOffice”, and restart Outlook.", "@wait",
    )),
    Story("Wi-Fi in the meeting room Lisbon is unusable", team="Network", category="Wi-Fi", impact=2, lines=(
        "r As soon as more than ten people are in the room, nothing works any more. On Wednesday we have customers there.", "n Access point is from 2016. Survey on Tuesday before they come.",
    )),
    Story("Shared folder “Tenders 2026” has vanished", team="Systems", category="Access rights", impact=2, urgency=1, lines=(
        "r The whole folder is gone. It was there yesterday evening!", "@take", "a It was moved into “Tenders/Archive” at 17:42, probably by a slip of the mouse. It is back in its place, with everything in it.", "r You are my hero of the day.", "@resolve", "@yes",
    )),
    Story("Label printer gate 7 prints the wrong address", team="Applications", category="Label printer", impact=2, urgency=1, source="phone", lines=(
        "r Gate 7 prints the labels of the order before. Two pallets have left with the wrong address.", "@take", "n Print queue had two jobs with one id after this morning's update of the label service.", "a Please print by the “single” button until we tell you; the queue is being emptied.",
    )),
    Story("Access to the wage reports", kind="request", category="Access rights", source="portal", lines=(
        "r From this month on I prepare the wage report while Petra is away. Please give me access.", "a This needs the word of the head of finance. I have asked.", "@waitother",
    )),
    Story("Strange mail from the “managing director”", team="Systems", category="Software", impact=2, urgency=1, tags=("phishing", "security"), lines=(
        "r He asks me to buy gift cards and send him the codes. That is not him, is it?", "@take", "a No, it is not. Very good that you asked! Please do not answer; I have removed it from all mailboxes.", "n Removed from 43 mailboxes, sender's domain blocked. Two people had opened it, nobody answered.", "@resolve", "@yes",
    )),
    Story("Laptop fan as loud as a hair dryer", category="Laptop", urgency=3, lines=(
        "r My laptop starts to howl as soon as I share my screen.", "@take", "a Bring it to us when it suits you, we clean the fan while you wait, about a quarter of an hour.", "@wait",
    )),
    Story("Phone rings, but nobody is there", team="Network", category="Phone", urgency=3, lines=(
        "r Extension 214: it rings, I pick up, and it is silent. About every third call.",
    )),
    Story("Move the nightly backup to a later hour", kind="change", team="Systems", category="Software", source="web", lines=(
        "r The night shift complains about slow bookings between one and two. Let us move the backup from 01:00 to 03:30.", "n Plan: change the schedule on Saturday, watch for three nights, back out by restoring the old entry.",
    )),
    Story("VPN disconnects: many reports since the client update", kind="problem", team="Network", category="VPN", impact=2, source="web", tags=("home office",), lines=(
        "n Five incidents since Monday, all with client 5.2. Cause: rekey timers of client and gateway differ.",
    )),
    Story("Browser shows our shop as “not secure”", team="Applications", category="Browser", impact=1, urgency=1, lines=(
        "r Customers call us: the web shop shows a red warning since this morning.", "@take", "a The certificate ran out tonight. The new one is in place since 08:40; please reload with Ctrl F5.", "r All green again.", "@resolve", "@yes",
    )),
    Story("How do I book a meeting room?", kind="request", category="Office", urgency=3, source="portal", lines=(
        "r I am new here. Where do I book a room for twelve people?", "@take", "a In Outlook: new meeting, “Room finder”, building Hafen. Lisbon and Porto hold twelve.", "r Found it, thanks!", "@resolve", "@yes",
    )),
    Story("Tablet of the quality team fell into the brine", category="Hardware", impact=3, urgency=2, source="phone", lines=(
        "r It swam for a minute and does not turn on any more. The measurements of today are on it.", "@take", "a Please do not try to charge it. A spare one is ready for you; the measurements had been synchronised until 10:52.",
    )),
)  # fmt: skip

PEOPLE = (
    "Greta Lindqvist", "Paolo Bianchi", "Nguyễn Thị Hoa", "Samuel Osei", "Katarzyna Wójcik", "Jean-Luc Moreau", "Amina Diallo",
    "Peter Baumann", "Lucía Fernández", "Trần Văn Nam", "Elif Yıldız", "Dragan Petrović", "Yuki Tanaka", "Fatima Zahra",
    "Oskar Nyström", "Beatriz Almeida", "Marek Dvořák", "Chloé Dubois", "Ravi Menon", "Sofia Papadaki",
)  # fmt: skip
DEPARTMENTS = ("Warehouse", "Accounting", "Sales", "Production", "Quality", "Dispatch")
