import type { Text } from "../text.ts";

/** Texts of the Metro Ledger. */
export const EN_METRO: Text[] = [
  {
    slug: "worcester-curb-permits",
    title: "Worcester puts a price on the curb, one delivery at a time",
    author: "Janelle Okafor",
    body: `
Delivery vans in downtown Worcester will pay by the minute to stop at the curb starting in January. The city council approved the pilot on a 9–2 vote after merchants on Shrewsbury Street complained that double-parked trucks were blocking the bus lane for hours.

Drivers register a license plate once. Cameras on 22 loading zones note when a van arrives and leaves, and the fee, 7 cents a minute for the first half hour and triple afterwards, goes on a monthly bill. Pictures are deleted after the bill has been paid or after thirty days, whichever comes first.

Transportation chief Luis Batista expects about $310,000 a year, which will go toward repainting crosswalks. He says the money is beside the point: in a two-week test with volunteer carriers the average stop shrank from nineteen minutes to eight.

Privacy advocates spoke against the cameras at a hearing last month. The council responded by barring police from using the images without a warrant and by requiring an annual audit that anyone can read.

Small businesses with their own vans get the first two hours each week for free.
`,
  },
  {
    slug: "boston-permit-backlog",
    title: "Boston clears a backlog of 8,400 building permits with a checklist",
    author: "Marcus Teller",
    body: `
It took no artificial intelligence to shrink the pile of building permits at Boston City Hall, just a list of nineteen questions. Since the spring, applicants have had to answer them before they may upload a single drawing, and the backlog has dropped from 8,400 files to 1,150.

Inspectional Services had found that six in ten applications were returned at least once, mostly for the same handful of omissions: no plot plan, no proof of insurance, a contractor license that had expired. Each round trip cost eleven days.

The online checklist refuses incomplete files in plain English, Spanish, Haitian Creole, Chinese, Vietnamese and Cape Verdean Creole. Staff who used to write rejection letters now sit at two help desks in Dorchester and East Boston.

Homeowners notice the difference most. A deck permit in Roslindale that would have taken ten weeks last year was issued in six days, said its owner, retired teacher Carol Whitman. Developers of large projects are less impressed, since zoning appeals still take most of a year.

The city has put the questions and the code behind them online. Providence and Hartford have already borrowed both.

Behind the checklist stands a change in habit rather than in technology. For decades, reviewers were measured by the number of files they touched in a week, so returning an incomplete one counted as work done. Commissioner Renata Alvarez scrapped that measure in March. What counts now is the number of days an applicant waits, from first click to final stamp.

The reviewers wrote the nineteen questions themselves, over pizza, in the course of four evenings. They argued longest about question eleven, which asks whether the house is older than 1950; lead paint and knob-and-tube wiring hang on the answer, and applicants often do not know. The form now looks the date up and lets people correct it.

Some problems remain stubborn. Fire officials still insist on their own forms for sprinklers, submitted by fax. A plan to let contractors schedule inspections from their phones has slipped twice because the vendor of the calendar was bought by a competitor. And in neighborhoods with many absentee landlords, neighbors complain that faster permits mean shorter notice.

To answer them, the city posts each application on the day it arrives, with a map, and mails a card to abutters. In East Boston the cards come in four languages. Objections have not become more frequent, but they come earlier, when plans can still be changed.
`,
  },
  {
    slug: "heat-map-trees",
    title: "Thermal map decides where Springfield plants its next 5,000 trees",
    author: "Janelle Okafor",
    body: `
On the hottest afternoon of July, the parking lots behind Main Street in Springfield reached 124 degrees while Forest Park stayed at 88. Volunteers with thermometers on their bicycles recorded both numbers, along with 41,000 others, and the city has now turned them into a planting plan.

Of the 5,000 trees paid for by a federal grant, four out of five will go to blocks that are both hot and home to many people over 65. Residents can look up their street and ask for a tree in front of their house. A crew comes back to water it for three summers, the time in which most young trees die.

Forester Anil Deshpande rejected the commercial satellite product the city was offered. It averaged squares of 230 feet and missed alleys and bus stops. The volunteers' rides, repeated at dawn, noon and dusk, showed where heat lingers overnight.

The grant runs out in 2029. By then the canopy should cover 31 percent of the city, up from 26. Not every landlord is pleased, since roots and sewer pipes do not mix well; the city promises to pay for damage during the first ten years.
`,
  },
  {
    slug: "broadband-count",
    title: "State finds 96,000 homes without usable broadband",
    author: "Marcus Teller",
    body: `
A door-to-door survey has found 96,000 Massachusetts homes without a usable internet connection, far more than the 21,000 that appear on the federal map. The state broadband office presented the figures on Monday in Pittsfield.

Most of the gap is not in the hills. Two thirds of the unconnected homes are apartments in Lawrence, Lynn, Holyoke and Boston, where a line runs past the door but the wiring inside the building is decades old. The federal map counts such buildings as served.

The office wants to spend $41 million on rewiring public and subsidized housing first. Landlords who accept the money must let tenants choose among at least two providers and may not charge for the connection for eight years.

Surveyors knocked on 52,000 doors in five months and ran a speed test wherever they were let in. They also asked why people had no service. Cost came first, followed by bad experiences with contracts, and only then a lack of interest.

A bill that would make the survey a yearly exercise is before the legislature. Providers call the method unscientific; the office has published its questionnaire and raw results so that others can check.
`,
  },
  {
    slug: "311-languages",
    title: "Hotline workers, not chatbots, win over callers in Lowell",
    author: "Janelle Okafor",
    body: `
For eight weeks this fall, people who dialed 311 in Lowell could choose between a chatbot and a person. When the trial ended, the city hung up on the bot.

The software handled trash pickup dates without trouble. Anything beyond that, from a broken hydrant to a question about a tax abatement, ended with a human in 71 percent of all conversations, and by then the callers were cross. Khmer speakers, almost a fifth of the city, abandoned the bot after less than a minute on average.

City manager Dolores Pinto had hoped to free four of her eleven operators for other work. Instead she is hiring two more who speak Khmer and Portuguese, paid for by the license fee she no longer owes.

Some of the technology stays. A program now suggests the right form to the operator while the caller is still talking, and it drafts the work order. Operators say it saves them about ninety seconds per call, and they like that they can overrule it.

The vendor calls the test too short to be fair. Lowell has offered to publish the anonymized transcripts so that others can judge.
`,
  },
];
