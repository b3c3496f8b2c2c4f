import { writeFileSync } from "node:fs";
import type { Store } from "../../store/store.ts";
import { clientTypes } from "./client-types.ts";
import { makePortal } from "./portal.ts";

// The server needs no data to describe itself.
const app = await makePortal({} as Store);
const document = await app.inject("/docs/json");
writeFileSync("client/types.ts", await clientTypes(document.json()));
await app.close();
