const words = (text: string) => text.trim().split(/\s+/);

/**
 * Names that resolve to internal addresses, in hosts-file syntax. `localhost` is one of them, because `getaddrinfo`
 * waits for a thread, which lookups of other tests can hold for seconds.
 */
export const INSIDE_NAMES = `
127.0.0.1 localhost
127.0.0.1 evil.example
127.0.0.1 mixed.example
::1 six.example
::ffff:127.0.0.1 mapped.example
0.0.0.0 zero.example
169.254.169.254 metadata.example
10.0.0.1 private.example
64:ff9b::7f00:1 translated.example`;

/** Spellings of this machine's address that an ordinary client reaches over IPv4. */
export const LOOPBACK: string[] = words(`
  127.0.0.1 127.1 127.0.1 127.0.0.1. 127.0.0.2 127.255.255.254 127.000.000.001
  0177.0.0.1 0177.1 0177.0.1 017700000001 00000177.1 0177.0x0.0.01 0177.0.0.0x1
  0x7f.0.0.1 0x7f.1 0x7f.0.1 0x7F000001 0x7f.0x1 0x000000007f.1 0X7f.0x0.0x0.0x1 127.0x0.0.1
  2130706433 2130706434 127.0.1.1 127.65534 127.0.65534
  0 0.0.0.0 0x0 00 0.0 0.0.0
  localhost LOCALHOST LocalHost %6c%6f%63alhost ｌｏｃａｌｈｏｓｔ ⓛⓞⓒⓐⓛⓗⓞⓢⓣ
  １２７.0.0.1 127。0。0。1 127．0．0．1 127｡0｡0｡1 ①②⑦.⓪.⓪.① 𝟏𝟐𝟕.𝟎.𝟎.𝟏 ¹²⁷.⁰.⁰.¹
  %31%32%37.0.0.1 127%2e0%2e0%2e1 127.0.0%2E1
  evil.example EVIL.example evil.example. mixed.example zero.example`);

/** Spellings of this machine's address that an ordinary client reaches if IPv6 is available. */
export const LOOPBACK_SIX: string[] = words(`
  [::1] [0:0:0:0:0:0:0:1] [::0001] [0::1] [0000:0000:0000:0000:0000:0000:0000:0001] [::0.0.0.1]
  [::] [0::0] [::0.0.0.0] [::ffff:127.0.0.1] [::ffff:7f00:1] [::FFFF:7F00:0001]
  [0:0:0:0:0:ffff:127.0.0.1] [0::ffff:7f00:1] [::ffff:127.0.0.2] [::ffff:127.255.255.254]
  [::ffff:0:0] [::ffff:0.0.0.0] six.example mapped.example`);

/** Other non-public addresses: nobody answers there in a test, so nothing may try to connect. */
const INSIDE: string[] = words(`
  10.0.0.1 0xa000001 167772161 10.1 172.16.0.1 172.31.255.254 192.168.0.1 0xc0a80001
  100.64.0.1 100.127.255.254 100.100.100.200 192.0.0.192 198.18.0.1 192.0.2.1 203.0.113.9
  169.254.169.254 0xa9fea9fe 2852039166 0251.0376.0251.0376 169.254.169.253 168.63.129.16
  224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255 0.0.0.1
  [::127.0.0.1] [::7f00:1] [::ffff:169.254.169.254] [::ffff:a9fe:a9fe] [::ffff:10.0.0.1]
  [::ffff:0:127.0.0.1] [64:ff9b::127.0.0.1] [64:ff9b::a9fe:a9fe] [64:ff9b:1::7f00:1]
  [2002:7f00:1::] [2002:a9fe:a9fe::1] [2001:0:4136:e378:8000:63bf:3fff:fdd2] [2001:db8::1]
  [fe80::1] [fec0::1] [fc00::1] [fd00:ec2::254] [ff02::1] [ff05::2] [100::1] [5f00::1]
  metadata.example private.example translated.example`);

/** Every spelling that must never be followed. */
export const ATTACKS: string[] = [...LOOPBACK, ...LOOPBACK_SIX, ...INSIDE];
