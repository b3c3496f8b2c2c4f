/** Of several lists Chromium heeds the last one, so Playwright's own is in it where it matters here. */
const DISABLED = [
  "OptimizationHints",
  "MediaRouter",
  "Translate",
  "AutofillServerCommunication",
  // An address is asked for as it stands, never by https first.
  "HttpsUpgrades",
  "HttpsFirstBalancedModeAutoEnable",
  "AvoidCorsURLLoaderRestartOnRedirect",
  "AvoidUnnecessaryBeforeUnloadCheckSync",
  "NetworkTimeServiceQuerying",
  "PreconnectToSearch",
  "AimEnabled",
  "PaintHolding",
  "ThirdPartyStoragePartitioning",
  // A renderer started ahead with each page, and a new frame for each document of a site: a fifth of a render (measured).
  "SpareRendererForSitePerProcess",
  "RenderDocument",
];
/** What Chromium is started with, here and, in `deploy/browser/server.json`, beside a worker. */
export const BROWSER_FLAGS = [
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-domain-reliability",
  "--disable-dev-shm-usage",
  `--disable-features=${DISABLED.join(",")}`,
  // The network's process has no sandbox of its own on Linux: in the browser's it takes a fifteenth less of a render (measured).
  "--enable-features=NetworkServiceInProcess2",
  // They outlive what a page is stopped by between two addresses, and Chromium on phones has none.
  "--disable-blink-features=SharedWorker",
  "--js-flags=--max-old-space-size=512",
  // Chromium heeds the first, its headless shell the second; by the other one STUN packets get out (measured).
  "--webrtc-ip-handling-policy=disable_non_proxied_udp",
  "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
];
