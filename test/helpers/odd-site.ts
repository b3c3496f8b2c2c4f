import { type Loopback, listen } from "./loopback.ts";

const text = "The city council of Tartu opened its data portal. ".repeat(30);
const app = `<!doctype html><title>App</title><div id=root></div><script>
  fetch("/story.json").then(r => r.json()).then(s => { root.innerHTML = "<article><h1>" + s.title + "</h1><p>" + s.text + "</p></article>"; });
</script><img src="/photo.jpg"><img src="/photo/1"><link rel=stylesheet href="/style.css">`;

/**
 * Serves a site of odd pages for the browser. `asked` gets each path; `/to-canary` redirects to the canary's port on
 * 127.0.0.1, `/away` to another site.
 */
export async function listenAsSite(
  address: string,
  targets: { canary: number; away: string },
  requests: string[],
): Promise<Loopback> {
  const evil = `127.0.0.1:${targets.canary}`;
  const pages: Record<string, string> = {
    "/app": app,
    "/restless": `<p>${text}<iframe src="/frame"></iframe><script>
      const ask = 'const ask = (who) => fetch("' + location.origin + '/poll?" + who).catch(() => {});';
      const poll = ask + "setInterval(ask, 50, name); onmessage = () => ask(name + ' told');";
      const start = (Kind, name) => new Kind(URL.createObjectURL(new Blob(["const name = '" + name + "';" + poll])));
      eval(ask + "setInterval(ask, 50, 'page'); const draw = () => { ask('frame of drawing'); requestAnimationFrame(draw); }; draw();");
      const worker = start(Worker, "worker");
      worker.postMessage("");
      if (window.SharedWorker) start(SharedWorker, "shared");
      new EventSource("/poll?events");
      new WebSocket(location.origin.replace("http", "ws") + "/poll?socket").onclose = () => fetch("/poll?closed");
      addEventListener("beforeunload", (event) => event.preventDefault());
      addEventListener("unload", () => { for (let at = 0; at < 1e6; at++); });
    </script>`,
    "/alone": `<p>${text}<div id=moving>x</div><script>
      const ask = (who) => fetch("/poll?" + who).catch(() => {});
      setInterval(ask, 400, "page");
      const draw = () => { if (Math.random() < 0.02) ask("drawing"); requestAnimationFrame(draw); };
      draw();
      const { port1, port2 } = new MessageChannel();
      let told = 0;
      port1.onmessage = () => { if (++told % 1e4 === 0) ask("told"); port2.postMessage(""); };
      port2.postMessage("");
      (async () => {
        for (let at = 1; ; at++) {
          await createImageBitmap(new ImageData(1, 1));
          if (at % 2000 === 0) await ask("promised");
        }
      })();
      document.getElementById("moving").animate([{ opacity: 0 }, { opacity: 1 }], { duration: 100, iterations: Infinity })
        .onfinish = () => ask("moved");
      addEventListener("pagehide", () => navigator.sendBeacon("/poll?hidden"));
    </script>`,
    "/frame": `<p>x<script>setInterval(() => fetch("/poll?within"), 50)</script>`,
    "/late": app.replace("<div id=root>", `<div>${text}</div>$&`).replace("story.json", "$&?later"),
    "/without": `<script>setTimeout = performance.now = JSON.stringify = () => 0;
      Object.defineProperty(Node.prototype, "textContent", { get: () => "" });
    </script>${app}`,
    "/in-view": `<p id=text>One moment<script>new IntersectionObserver((_, seen) => {
      seen.disconnect();
      requestAnimationFrame(() => { document.getElementById("text").textContent = "${text}"; });
    }).observe(document.getElementById("text"));</script>`,
    "/slots": `<script>
      const define = (name, html) => customElements.define(name, class extends HTMLElement {
        connectedCallback() { this.attachShadow({ mode: "open" }).innerHTML = html; }
      });
      define("news-page", "<slot name=title></slot><news-frame><slot slot=main name=text></slot></news-frame><slot></slot>");
      define("news-frame", "<slot name=main></slot><slot>By the council.</slot>");
    </script><news-page><p slot=text>${text}</p>The end.<h1 slot=title>Portal opened</h1><p slot=none>unseen</p></news-page>`,
    "/again": `<p>One moment<script>if (document.cookie) document.write("<p>${text}");
      else setTimeout(() => { document.cookie = "seen=1"; location.reload(); }, 300);</script>`,
    "/plain": `<title>Plain</title><p>${text}`,
    "/loop": "<p>x</p><script>setTimeout(() => { for(;;); }, 50)</script>",
    "/dialog": `<script>alert(1); confirm(2);</script><p>${text}`,
    "/popup": `<script>for (let i = 0; i < 3; i++) open("/plain?popup=" + i);</script><p>${text}`,
    "/leaves": `<script>location.href = "/plain?left"</script><p>One moment`,
    "/wants-away": `<p>${text}<script>location.href = "/plain?left"</script>`,
  };
  return listen(address, (request, response) => {
    const url = request.url ?? "";
    requests.push(url);
    const page = pages[url.split("?")[0] ?? ""];
    if (url.startsWith("/poll?")) response.end();
    else if (url.startsWith("/story.json")) {
      const ms = url.endsWith("later") ? 600 : 300;
      setTimeout(() => response.end(JSON.stringify({ title: "Portal opened", text })), ms);
    } else if (url === "/moved") response.writeHead(301, { location: "/plain" }).end();
    else if (url === "/away") response.writeHead(302, { location: targets.away }).end();
    else if (url === "/to-canary") response.writeHead(302, { location: `http://${evil}/x` }).end();
    else if (url === "/gone")
      response.writeHead(410, { "content-type": "text/html" }).end("<p>gone");
    else if (url === "/file") {
      response.writeHead(200, {
        "content-disposition": "attachment",
        "content-type": "application/zip",
      });
      response.end("PK");
    } else if (url === "/endless") {
      response.writeHead(200, { "content-type": "text/html" });
      response.write(`<p>${text}`);
      const timer = setInterval(() => response.write("<!-- -->"), 100);
      response.on("close", () => clearInterval(timer));
    } else if (url === "/cut") {
      response.writeHead(200, { "content-type": "text/html", "content-length": 90_000 });
      response.write(`<p>${text}`, () => response.destroy());
    } else if (url === "/cp1251") {
      response.setHeader("content-type", "text/html; charset=windows-1251");
      response.end(
        Buffer.concat([Buffer.from("<p>"), Buffer.from("cae0e7e0edfc", "hex"), Buffer.from(text)]),
      );
    } else if (page === undefined) response.writeHead(404).end();
    else response.setHeader("content-type", "text/html; charset=utf-8").end(page);
  });
}
