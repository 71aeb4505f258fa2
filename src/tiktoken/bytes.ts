const encoder = new TextEncoder();

/** A text in UTF-8, a character for each byte; half a surrogate pair is U+FFFD. */
export function toBytes(text: string): string {
  return isAscii(text) ? text : String.fromCharCode(...encoder.encode(text));
}

export function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code < 0xdc00;
}

function isAscii(text: string): boolean {
  for (let index = 0; index < text.length; index++) if (text.charCodeAt(index) > 0x7f) return false;
  return true;
}
