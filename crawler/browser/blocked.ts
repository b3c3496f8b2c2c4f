const IMAGES = ["png", "jpg", "jpeg", "gif", "webp", "avif", "svg", "ico", "bmp"];
const FONTS = ["woff", "woff2", "ttf", "otf", "eot"];
const MEDIA = ["mp4", "webm", "mp3", "m4a", "ogg", "m3u8", "mpd", "mov", "avi", "wav", "flac"];

/** Patterns of what a text reader needs not load, for CDP `Network.setBlockedURLs`. */
export const BLOCKED: string[] = [...IMAGES, ...FONTS, ...MEDIA].flatMap((ending) => [
  `*.${ending}`,
  `*.${ending}?*`,
]);
