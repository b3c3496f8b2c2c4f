/** Ways in which a page makes its browser open a connection; each requests a path with its name. */
export const VECTORS = [
  "fetch",
  "xhr",
  "websocket",
  "eventsource",
  "beacon",
  "worker",
  "image",
  "frame",
  "script",
  "style",
  "object",
  "audio",
  "form",
  "redirected",
  "redirected-frame",
] as const;

/** The ways that need no extra browser process. */
export const LIGHT: readonly string[] = VECTORS.filter((name) => !/frame|form|object/.test(name));

/**
 * Returns a page that tries these ways on every host at `port`, over HTTP and TLS, and contacts STUN and TURN servers
 * there. `/to/HEX` on its own site redirects to a URL; `text` is the visible text.
 */
export function hostilePage(
  hosts: string[],
  port: number,
  text: string,
  vectors: readonly string[] = VECTORS,
): string {
  return `<!doctype html><title>Hostile</title><p>${text}</p><div id=box></div><script>
  const hex = (text) => Array.from(new TextEncoder().encode(text), (byte) => byte.toString(16).padStart(2, "0")).join("");
  const add = (name, set) => { const it = Object.assign(document.createElement(name), set); box.append(it); return it; };
  const tries = {
    fetch: (url) => fetch(url, { mode: "no-cors" }).catch(() => {}),
    xhr: (url) => { const it = new XMLHttpRequest(); it.open("GET", url); it.send(); },
    websocket: (url) => new WebSocket(url.replace("http", "ws")),
    eventsource: (url) => new EventSource(url),
    beacon: (url) => navigator.sendBeacon(url, "x"),
    worker: (url) => new Worker(URL.createObjectURL(new Blob(["fetch(" + JSON.stringify(url) + ", { mode: 'no-cors' }).catch(() => {})"]))),
    image: (url) => add("img", { src: url }),
    frame: (url) => add("iframe", { src: url }),
    script: (url) => add("script", { src: url }),
    style: (url) => add("link", { rel: "stylesheet", href: url }),
    object: (url) => add("object", { data: url }),
    audio: (url) => add("audio", { src: url, preload: "auto" }),
    form: (url) => { add("iframe", { name: "f" + url }); add("form", { action: url, target: "f" + url }).submit(); },
    redirected: (url) => fetch("/to/" + hex(url), { mode: "no-cors" }).catch(() => {}),
    "redirected-frame": (url) => add("iframe", { src: "/to/" + hex(url) }),
  };
  const attempt = (run, url) => { try { run(url); } catch {} };
  for (const host of ${JSON.stringify(hosts)}) {
    for (const name of ${JSON.stringify(vectors)}) attempt(tries[name], "http://" + host + ":${port}/" + name);
    attempt(tries.fetch, "https://" + host + ":${port}/tls");
    attempt(() => {
      const urls = ["stun:" + host + ":${port}", "turn:" + host + ":${port}?transport=udp", "turn:" + host + ":${port}?transport=tcp"];
      const peer = new RTCPeerConnection({ iceServers: [{ urls, username: "a", credential: "b" }] });
      peer.createDataChannel("x");
      peer.createOffer().then((offer) => peer.setLocalDescription(offer));
    });
  }
  </script>`;
}
