import { projectPages } from "../.vitepress/config.mjs";

export default { paths: projectPages };
