import type { Text } from "../text.ts";

/** Texts of Civic Wire, which other sites copy. */
export const EN_WIRE: Text[] = [
  {
    slug: "dublin-bus-priority",
    title: "Dublin buses to get green lights at 160 junctions",
    author: "Aoife Brennan",
    body: `
DUBLIN – Buses running late on the city's busiest corridors will soon ask traffic lights for help. The National Transport Authority is fitting 160 junctions between Tallaght, Lucan and the city centre with receivers that can hold a green phase for up to twelve seconds.

A bus only asks when it is more than two minutes behind its timetable. If three routes compete at the same crossing, the fullest vehicle wins; passenger numbers come from sensors above the doors.

Trials on the Malahide Road cut the average journey by four minutes in the morning peak, while cross traffic waited eleven seconds longer. Cyclists' groups had feared worse. They secured a rule that pedestrian and bicycle phases are never shortened.

The equipment comes from a consortium in Tampere and costs €7.8 million, of which the European Union pays a third. Installation begins in February and should be complete before the school year starts.

Data on every request, granted or refused, will be published daily. Researchers at Trinity College want to use it to find out whether punctual buses attract new passengers or merely please the existing ones.
`,
  },
  {
    slug: "estonia-offline-id",
    title: "Estonia tests a digital identity that survives a blackout",
    author: "Kadri Lindqvist",
    body: `
TALLINN – What is a digital state worth when the network is gone? Estonia has begun a trial in which 1,500 residents of the island of Saaremaa carry a version of their identity that can be checked without any connection at all.

The phone of a pharmacist reads a signed code from the phone of the patient. Both devices hold a list of revoked certificates that is at most three days old. Prescriptions issued during the outage are queued and sent to Tallinn as soon as a mast is back.

A storm in 2023 had cut off the island for most of a day. Pharmacies dispensed medicine on trust, and it took a week to reconcile the books. Officials also point to the damage done to cables in the Baltic Sea.

Security researchers at the University of Tartu were asked to break the system before it was released. They found two flaws, one of which would have allowed a stolen phone to be used for seventy-two hours. The limit was lowered to twelve, and higher-risk actions such as signing contracts are blocked offline.

If the trial succeeds, the interior ministry wants to offer the function to everyone by 2028. Finland and Latvia have sent observers.
`,
  },
  {
    slug: "ombudsman-algorithms",
    title: "Ombudsman tells agencies to explain automated refusals",
    author: "Aoife Brennan",
    body: `
BRUSSELS – Public bodies that turn people down with the help of software must be able to say why, in words that the person affected can understand. That is the core of a recommendation which ombudsmen from nineteen European countries adopted on the fringes of a conference this week.

They had examined 140 complaints. In 61 of them, an office could not reconstruct how its own system had reached a decision, usually because the supplier had updated a model without keeping the previous one. A student in Ghent lost her housing allowance for five months after two databases disagreed about the spelling of her street.

The recommendation asks for four things: a log that survives updates, a named official who answers for each system, a short explanation with every refusal, and a right to have the case looked at by a human within thirty days.

None of it is binding. But ombudsmen can make life uncomfortable, and several parliaments have signalled support. The Dutch and the Irish office will start to publish the names of agencies that fail to answer.

Suppliers reacted coolly. A trade body said that storing every version of a model would raise costs by up to a fifth, a figure which it did not substantiate.
`,
  },
  {
    slug: "lisbon-open-budget",
    title: "Lisbon publishes every invoice within 24 hours",
    author: "Duarte Sampaio",
    body: `
LISBON – From school lunches to paving stones, each invoice that the city of Lisbon pays now appears on a public website no later than the next day. The first week brought 9,214 entries and an early surprise: two departments had been buying the same mapping licence at different prices.

Names of private individuals are removed automatically; a team of three checks whatever the software is unsure about. Companies cannot ask for secrecy. Those that bid for municipal work have to accept publication in the contract.

Journalists had demanded such a register for a decade. What changed, according to deputy mayor Inês Carvalhal, was less politics than plumbing. The finance system was replaced in the summer, and the new one can export what the old one hid in scanned attachments.

The data come in three formats and without registration. A civic group from the district of Marvila has already linked them with council minutes so that residents can see who voted for which expense.

Porto and Braga intend to copy the model next year. The national court of auditors called it remarkable, adding drily that it would save its own inspectors a good deal of travel.
`,
  },
  {
    slug: "ransomware-water-utility",
    title: "Water utility restored from paper after ransomware attack",
    author: "Kadri Lindqvist",
    body: `
GALWAY – Operators of a regional water utility kept taps running for nine days with printed maps and walkie-talkies after criminals had locked its computers, a report released by the national cyber security centre shows.

The intruders entered through the account of a contractor who had left in the spring. They spent eleven days inside the network, copied invoices and then encrypted 340 machines on a Saturday night. Pumps and valves, which run on a separate network, were not reached. Staff nevertheless disconnected them as a precaution and drove to forty sites twice a day.

No ransom was paid. Rebuilding took five weeks and cost €2.1 million, a third of it overtime. The utility had backups, but the newest usable copy of its customer register was seven weeks old because nobody had tested a restore.

The report praises one habit in particular. Every quarter, the control room practised a shift without screens. "We laughed about it," admits shift manager Declan Moyne. "Nobody laughs now."

It recommends that all 28 utilities check dormant accounts each month, rehearse restores twice a year and keep the telephone numbers of their neighbours on paper.
`,
  },
  {
    slug: "rural-fibre-cooperatives",
    title: "Villages that dug their own trenches are now the best connected",
    author: "Duarte Sampaio",
    body: `
GIJÓN – In the mountains of Asturias, broadband arrived by tractor. Farmers in fourteen villages founded a cooperative in 2021, opened 96 kilometres of trench along their own field paths and now enjoy faster lines than the provincial capital.

The regional government supplied cable and paid a splicing crew. The members gave labour and rights of way, which elsewhere swallow most of the budget. A connection cost €640 per house on average; commercial operators had quoted between two and five thousand.

Upkeep is the harder part. The cooperative employs one technician, Lucía Fonseca, who covers the network in a second-hand van and says that wild boars cause more faults than lightning. Households pay €29 a month, and whatever remains goes into a fund for the next repair.

The European Commission has invited the group to Brussels to explain its approach to villages in Calabria and the Peloponnese. Not everything can be copied: Spanish law allows a cooperative to act as a network operator after a simple notification, whereas other countries demand guarantees that no village could provide.
`,
  },
];
