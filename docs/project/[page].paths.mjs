import { projectPages } from "../.vitepress/config.mjs";

/** The documents at the root of the repository as pages of the site. */
export default { paths: projectPages };
