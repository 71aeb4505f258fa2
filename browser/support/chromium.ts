import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const places = [process.env['CHROMIUM'], '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** The path of a Chromium; undefined if there is none. */
export const chromiumPath: string | undefined = places.find((path) => path !== undefined && existsSync(path));

if (chromiumPath === undefined) {
  const cure = 'install one (Debian: apt-get install chromium), or set CHROMIUM to its path';
  if (process.env['CI']) throw new Error(`There is no Chromium: ${cure}`);
  console.log(`The specs of the browser are skipped, because there is no Chromium: ${cure}.`);
}

/** Starts a headless Chromium that reaches nothing but this machine. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    ...(chromiumPath === undefined ? {} : { executablePath: chromiumPath }),
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking', '--disable-component-update'],
  });
}
