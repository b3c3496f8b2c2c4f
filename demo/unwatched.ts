import type { SiteSpec } from "./site.ts";
import type { Text } from "./text.ts";

const TEXTS: Text[] = [
  {
    slug: "ferry-tickets-by-text-message",
    title: "Quayside sells ferry tickets by text message again",
    author: "Ruth Ainsworth",
    body: `
Passengers on the Quayside ferry can buy tickets by text message from today, four years after the council switched that service off. A survey had found that one in six passengers owns no smartphone, and that most of them had simply stopped crossing the river.

The new service sends back a six-letter word instead of a barcode. Deckhands check it against a list that their handheld downloads at each landing, so it works where there is no signal in the middle of the river.

"We made the clever thing optional and the simple thing the default," said harbour manager Joan Pickering. In the trial, boarding took nine seconds less per passenger than with the app.

The council expects to save £40,000 a year, because it can close two ticket machines that break down in salt air.
`,
  },
  {
    slug: "planning-notices-in-plain-words",
    title: "Planning notices in Quayside now say what will be built",
    author: "Ruth Ainsworth",
    body: `
A planning notice on a lamp post in Quayside used to need a law degree. Since Monday it begins with a sentence that a ten-year-old understands, a drawing, and the date until which neighbours can object.

The town tested eleven versions with people who happened to walk past. The winning one has 80 words in place of 430. Readers could say what was planned in 92 per cent of cases, up from 31.

Lawyers insisted that the old text stays, so it is printed on the back. A code leads to the full file, and a telephone number to a person who may answer questions about it.

Three neighbouring towns have asked for the template, which is free to use.
`,
  },
  {
    slug: "library-lends-air-sensors",
    title: "Library lends air sensors to anyone with a window",
    author: "Colm Brady",
    body: `
Along with novels and drills, Quayside library now lends air sensors. Borrowers hang one outside a window for three weeks and get a letter that explains the readings. So far 140 households have taken part.

The readings form a map that the council did not have the money to make. It shows that the air on Dock Road is worst on Sunday evenings, when coaches wait for the late ferry with their engines running. Since October, coaches have to switch off.

No reading is shown for a single house. The map blurs each sensor to the nearest hundred metres, and the library deletes the address when the sensor comes back.

The waiting list has 60 names. A second batch of sensors arrives in January.
`,
  },
  {
    slug: "council-meeting-captions",
    title: "Council meetings get captions that residents can correct",
    author: "Colm Brady",
    body: `
Recordings of Quayside council meetings have captions from this week, and anyone can correct them. The software gets about one word in twelve wrong, mostly names of streets and councillors, and residents mend most of those within a day.

Each correction is kept beside the original, with the time at which it was made. A clerk decides only where two people disagree, which happened four times in the first month.

Searching the captions has become the most popular use. A resident found out in two minutes that the same footpath had been promised in five meetings since 2019.

The council now begins each meeting by reading the promises of the last one aloud.
`,
  },
  {
    slug: "parking-refunds-without-a-form",
    title: "Drivers in Quayside get parking refunds without asking",
    author: "Ruth Ainsworth",
    body: `
Drivers who leave early get money back for the rest of their parking time in Quayside, without a form. The meters notice when a car leaves its space, and the amount returns to the card within two days.

The town had kept about £90,000 a year for time that nobody used. Giving it back costs less than expected, because spaces are used 14 per cent more now that drivers have no reason to stay until their time is over.

The sensors in the ground know that a space is empty, not which car was in it. The refund goes to whichever card paid for the space last.

Shopkeepers, who had feared for their trade, report more short visits.
`,
  },
];

/** A site that no source watches yet: for whoever wants to add a source of their own. */
export const UNWATCHED: SiteSpec = {
  id: "quayside-courier",
  name: "Quayside Courier",
  host: "quayside.example",
  language: "en",
  country: "GB",
  topics: ["smart-city", "egovernment"],
  zone: "Europe/London",
  entry: "rss",
  template: "cms",
  dateIn: "jsonld",
  path: (slug) => `/stories/${slug}`,
  robots: "User-agent: *\nAllow: /\n",
  delayMs: 100,
  texts: TEXTS,
};
