import type { Text } from "../text.ts";

/** Texts of the Harbour Digital Agency. */
export const EN_AGENCY: Text[] = [
  {
    slug: "one-login-for-ports",
    title: "Dover and Harwich port permits move to a single sign-in",
    author: "Priya Halloran",
    body: `
Hauliers, ship agents and fishing crews in Dover and Harwich can now apply for every port permit with one account. Until last month the two harbours used eleven separate forms, four of which had to be printed, signed and posted back.

The new sign-in checks a company's registration number against the public register and remembers who may act for it. A haulier with forty drivers, for example, appoints two managers once and never has to prove the relationship again.

## Fewer phone calls

During a six-week trial the permit office in Dover recorded 38 per cent fewer calls. Most of the remaining ones concerned dangerous goods, where the agency kept a human check on purpose. "A chemist should look at those papers, not a drop-down list," said Martin Oakes, who runs the desk.

> We measured success by the number of people who never needed to talk to us.

Paper forms stay available at both ports until the end of next year. The agency says roughly one in nine applicants still uses them, mainly skippers of small boats who come by in person anyway.

Felixstowe is expected to follow in spring. Its port authority wants to add the booking of inspection slots, which the current version does not offer.

## How the law was bent, but not broken

The biggest obstacle was not software but a statute of 1847, which says that a permit must be "laid before the harbour master under seal". Lawyers spent four months on the question of what a seal is. In the end the department accepted an electronic signature together with a daily list that the harbour master reads and initials, on paper, with a pen.

That list has turned out to be useful. It is the only place where all movements of a day appear side by side, and the coastguard has asked for a copy. An electronic version follows at midnight.

The agency is frank about what went wrong. An early release sent every reminder twice, to the delight of nobody, and for nine days in August the system believed that vessels under the Maltese flag needed a fishing licence. A public page now lists each fault, how long it lasted and how many people it touched.

Trade bodies are mostly content. The Road Haulage Federation would like the account to work at French ports as well, and talks with Calais and Dunkirk have begun, though both use a national scheme that knows companies by a different number. The skippers' association has a humbler wish: a larger font, because wheelhouses are dark and screens are wet.

What of the cost? Building the service took 14 months and £1.9 million, and running it needs a team of five. Against that stand the salaries of eleven temporary clerks, who used to be hired each summer to keep up with the post, and the storage of 600 boxes of paper in a warehouse near Ashford. The agency expects to break even in the third year, a date it has promised to check in public.
`,
  },
  {
    slug: "accessibility-audit-councils",
    title: "Half of council websites fail a basic keyboard test, audit finds",
    author: "Tom Ferreira",
    body: `
Anyone who cannot use a mouse will struggle to report a missed bin collection in much of the country. An audit of 212 council websites found that 107 of them could not be operated by keyboard alone from the home page to the confirmation screen.

The testers tried five everyday tasks: paying council tax, reporting a pothole, finding a polling station, renewing a parking permit and booking a visit to the tip. Polling stations did best. Parking permits did worst, because many councils hand the job to suppliers whose pop-up calendars trap the keyboard focus.

Plymouth, Wigan and the Isle of Wight passed every test. All three told the auditors that they had written accessibility into their contracts and refused to pay the last instalment until a blind user had signed off the result.

The agency will not publish a league table of failures yet. Instead each council receives a private report with short videos, recorded by the testers, and has twelve weeks to respond. After that the findings become public.

Campaigners welcomed the videos but criticised the delay. "Disabled residents have been waiting since 2018, when the rules came in," said Grace Adeyemi of the charity Open Doors Online. "Another twelve weeks of silence helps nobody except the suppliers."
`,
  },
  {
    slug: "flood-sensors-calder-valley",
    title: "Cheap river sensors give Calder Valley two more hours to prepare",
    author: "Priya Halloran",
    body: `
When the beck behind Hebden Bridge rose in October, shopkeepers got a text message two hours and ten minutes before the water reached the high street. In the flood of 2015 the warning had come twenty minutes ahead.

The difference is a chain of 64 sensors, each costing about £90, fixed under footbridges and culverts between Todmorden and Sowerby Bridge. They measure the distance to the water with ultrasound and send it every five minutes over a long-range radio network that the council shares with its street lights.

All readings are open data. Within a fortnight of the launch a sixth-form student from Halifax had built a page that shows the whole valley at a glance, and the council now links to it from its own emergency site.

Running the network costs £14,000 a year, most of it for batteries and for the two technicians who clear mud from the sensors. The Environment Agency, which operates larger gauges on the main river, says that the small ones fill a gap upstream but warns against relying on them alone: three failed during the October storm, one of them because a heron had nested on it.

Neighbouring Rossendale has asked for the drawings and the software, both of which are free to copy.
`,
  },
  {
    slug: "plain-letters",
    title: "Rewriting one letter saves a benefits office 3,000 calls a month",
    author: "Owen Blackwood",
    body: `
The most expensive document in the benefits office in Sunderland was a two-page letter. It told people that their payment had changed, cited four regulations, and mentioned the new amount only on the back.

A content designer and two case workers spent nine days with it. The new version starts with the amount and the date on which it will arrive. The reason follows in one sentence, then what to do if it is wrong. The regulations are still there, in a box at the end.

Calls about the letter fell from 4,700 in September to about 1,600 in the following month. The office had expected a drop, but not that complaints would fall as well. "People were not angry about the money. They were angry because they could not find it," said team leader Farah Siddiqui.

## What they left out

The team tried a friendly greeting and a cartoon and dropped both after testing. Several readers suspected a scam. A reference number in large type, on the other hand, made people trust the letter more.

Twelve other offices will adopt the template in the new year. The agency has published it together with the notes from the interviews, so that others can see which ideas failed.
`,
  },
  {
    slug: "cloud-exit-museum",
    title: "Why the maritime archive brought its data home from the cloud",
    author: "Tom Ferreira",
    body: `
Storing eleven million scanned logbook pages in a commercial cloud looked cheap in 2019. Seven years later the national maritime archive in Hull pays more for people downloading its pages than for keeping them, and it has decided to move everything back into its own cellar.

The archive's bill reached £412,000 last year. Two thirds were fees for outgoing traffic, driven by family historians and, increasingly, by automated programs that collect text to train language models. A pair of storage racks, an extra line from the university network and one additional engineer will cost less than half of that.

It is not a return to the old days, insists head of digital Eleanor Voss. Copies will remain with a cloud provider in another region, encrypted and rarely touched. The public website, the search index and the sign-in stay where they are.

The agency's procurement team helped to negotiate the exit. Its main lesson is unglamorous: ask for the price of leaving before signing. The original contract had promised free exports, but only by shipping hard disks, and only forty terabytes at a time.

The move takes nine weekends. Visitors will notice nothing, the archive hopes, apart from faster pages.

Researchers, who form a small but loud part of the audience, asked for one thing in return: stable addresses. Each page now has a number that will not change again, whatever machine happens to serve it. Three genealogical societies have tested the redirects with their members' bookmarks, some of which date from the first version of the catalogue in 2003.
`,
  },
  {
    slug: "digital-champions-libraries",
    title: "Volunteers in 300 libraries help people over the digital threshold",
    author: "Owen Blackwood",
    body: `
On Tuesday mornings the quiet corner of Truro library is not quiet at all. Six volunteers in green lanyards sit with anyone who has a letter, a phone or a password that refuses to cooperate. Last quarter they saw 540 people.

Cornwall was the first county to train such digital champions. Now the scheme covers 300 libraries from Penzance to Berwick, with some 2,100 volunteers. They may explain and point, but they must never type for a visitor or see a password. A short course teaches the difference, and how to spot someone who is being pressed by a relative to sign something.

The commonest request is surprisingly simple: finding an e-mail that a public office has sent. The second is proving identity with a passport and a phone camera, which fails often enough that the volunteers keep a lamp and a dark cloth at hand.

Their notes go back to the service teams every month. Because of them, the blue badge application now accepts photographs taken against a patterned background, and the pension tracker no longer signs people out after ten minutes.

Funding is secured for two years. Librarians would like a longer promise, and better chairs.
`,
  },
];
