export function plan(facts) {
  const steps = [];
  const missing = [];
  if (!facts.nodeOk) missing.push({ what: `Node.js >= 20.19 (this is ${facts.node})`, why: "" });
  if (facts.packages !== "current") {
    const why = facts.packages === "none" ? "no node_modules yet" : "package-lock.json changed";
    steps.push({ id: "packages", title: "npm ci", why });
  }
  const apt = aptPackages(facts);
  if (apt.length > 0) {
    const why = aptRefusal(facts);
    const packages = apt.map((entry) => entry.name);
    if (why === null) {
      const reasons = apt.map((entry) => entry.why).join("; ");
      steps.push({
        id: "apt",
        title: `apt-get install ${packages.join(" ")}`,
        why: reasons,
        packages,
      });
    } else {
      for (const { name, why: need } of apt) missing.push({ what: name, why: `${need}; ${why}` });
    }
  }
  if (
    needsVenv(facts) &&
    facts.venv !== "current" &&
    (facts.pythonVenv || aptRefusal(facts) === null)
  ) {
    const why =
      facts.venv === "none"
        ? "no mongod on PATH and no MONGODB_URI"
        : "the installed copy is incomplete or has another version";
    steps.push({ id: "venv", title: "install SecantusDB in the data folder", why });
  }
  if (
    facts.isRoot &&
    facts.distro !== "other" &&
    !facts.env.NEWSGATHER_BROWSER_WS &&
    !facts.browserUserExists
  ) {
    const why = "Chromium must not run as root";
    steps.push({ id: "user", title: `create system user ${facts.browserUser}`, why });
  }
  if (facts.build !== "current") {
    const why = facts.build === "none" ? "not built yet" : "the code has changed";
    steps.push({ id: "build", title: "build dist", why });
  }
  return { steps, missing };
}

export function aptPackages(facts) {
  const packages = [];
  if (!facts.redis && !facts.env.REDIS_URL) {
    packages.push({ name: "redis-server", why: "queues need Redis" });
  }
  if (!facts.chromium && !facts.env.NEWSGATHER_BROWSER_WS) {
    const name = facts.distro === "ubuntu" ? "chromium-browser" : "chromium-headless-shell";
    packages.push({ name, why: "pages made by scripts need a browser" });
    if (facts.usernsRestricted) {
      packages.push({
        name: "chromium-sandbox",
        why: "this kernel restricts Chromium's own sandbox",
      });
    }
  }
  if (needsVenv(facts) && facts.venv !== "current" && !facts.pythonVenv) {
    packages.push({ name: "python3-venv", why: "the embedded database is a Python package" });
  }
  return packages;
}

export function aptRefusal({ distro, isRoot, sudo }) {
  if (distro !== "debian" && distro !== "ubuntu") return "this is neither Debian nor Ubuntu";
  if (!isRoot && !sudo) return "apt needs root, or sudo without a password";
  return null;
}

function needsVenv(facts) {
  return !facts.mongod && !facts.env.MONGODB_URI;
}

export function distroOf(osRelease) {
  const value = (key) =>
    new RegExp(`^${key}=(.*)$`, "m").exec(osRelease)?.[1]?.replace(/^"|"$/g, "") ?? "";
  const names = [value("ID"), ...value("ID_LIKE").split(" ")];
  return names.find((name) => name === "debian" || name === "ubuntu") ?? "other";
}

export function nodeIsNewEnough(version) {
  const [major = 0, minor = 0] = version.replace(/^v/, "").split(".").map(Number);
  return major > 20 || (major === 20 && minor >= 19);
}

/** Returns whether node_modules has exactly the locked packages; optional ones can be missing. */
export function sameTree(lock, installed) {
  const want = Object.entries(lock.packages ?? {}).filter(([path]) => path !== "");
  const have = installed.packages ?? {};
  const complete = want.every(([path, entry]) =>
    have[path] ? have[path].version === entry.version : Boolean(entry.optional),
  );
  const wanted = new Set(want.map(([path]) => path));
  return complete && Object.keys(have).every((path) => wanted.has(path));
}

export function helpScreen(missing, { distro, log, command = "" }) {
  const lines = ["Newsgather can't finish its set-up here.", "", "What is missing:"];
  for (const { what, why } of missing) lines.push(`  - ${what}${why ? ` (${why})` : ""}`);
  const packages = missing.flatMap(({ what }) => (/^[a-z0-9-]+$/.test(what) ? [what] : []));
  if (packages.length > 0) lines.push("", "Install by hand, then run the same command again:");
  if (packages.length > 0 && distro !== "other") {
    lines.push("  sudo apt-get update");
    lines.push(`  sudo apt-get install -y --no-install-recommends ${packages.join(" ")}`);
  } else if (packages.length > 0) {
    lines.push(
      "  Redis >= 6.2, Chromium and Python 3.11 to 3.13, by your system's package manager,",
    );
    lines.push("  for example: brew install redis chromium python@3.13");
  }
  if (command) lines.push("", "The command that failed; it needs the network:", `  ${command}`);
  lines.push(
    "",
    "Or tell Newsgather what you already have:",
    "  REDIS_URL=redis://...  MONGODB_URI=mongodb://...  NEWSGATHER_CHROMIUM=/path/to/chromium",
    "Or run everything in containers:",
    "  docker compose up",
  );
  if (log) lines.push("", `What the failed command printed is in ${log}`);
  return lines.join("\n");
}
