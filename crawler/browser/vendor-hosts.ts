/** Hosts that Chromium calls for its own ends; a page that needs none of them loses nothing. */
const VENDOR = new Set([
  "accounts.google.com",
  "android.clients.google.com",
  "clients1.google.com",
  "clients2.google.com",
  "clients3.google.com",
  "clients4.google.com",
  "clientservices.googleapis.com",
  "content-autofill.googleapis.com",
  "edgedl.me.gvt1.com",
  "mtalk.google.com",
  "optimizationguide-pa.googleapis.com",
  "redirector.gvt1.com",
  "safebrowsing.googleapis.com",
  "sb-ssl.google.com",
  "update.googleapis.com",
  "www.gstatic.com",
]);

/** Whether a host belongs to the browser's vendor services (updates, sign-in, safe browsing). */
export function isVendorHost(host: string): boolean {
  return VENDOR.has(host) || host.endsWith(".gvt1.com");
}
