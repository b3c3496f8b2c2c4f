import { execFileSync } from "node:child_process";

/**
 * Makes `folder` a file system of `size` bytes (a tmpfs, such as "3m"), so that a test can fill it.
 * Returns null if this user may not mount one.
 */
export function mountSmallDisk(
  folder: string,
  size: string,
): { enlarge: (size: string) => void; close: () => void } | null {
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", folder], {
      stdio: "ignore",
    });
  } catch {
    return null;
  }
  return {
    enlarge: (to) => execFileSync("mount", ["-o", `remount,size=${to}`, folder]),
    // Detached, because a process can still have a file of it open.
    close: () => execFileSync("umount", ["-l", folder]),
  };
}
