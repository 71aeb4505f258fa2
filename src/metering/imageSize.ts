interface Size {
  readonly width: number;
  readonly height: number;
}

/** The size is in the first bytes, but for JPEG, which may begin with a preview. */
const headLength = 2 ** 18;

/** The size of a PNG, JPEG, GIF or WebP image in base64 or in a data URL, in pixels; `undefined` for anything else. */
export function imageSize(data: string): Size | undefined {
  try {
    const start = data.startsWith('data:') ? data.indexOf(',') + 1 : 0;
    const head = atob(data.slice(start, start + headLength));
    const view = new DataView(Uint8Array.from(head, (byte) => byte.charCodeAt(0)).buffer);
    return sizeIn(view);
  } catch {
    // It is not base64, or it ends within its head.
    return undefined;
  }
}

function sizeIn(view: DataView): Size | undefined {
  switch (view.getUint16(0)) {
    case 0x89_50:
      return { width: view.getUint32(16), height: view.getUint32(20) };
    case 0x47_49:
      return { width: view.getUint16(6, true), height: view.getUint16(8, true) };
    case 0x52_49:
      return webpSize(view);
    case 0xff_d8:
      return jpegSize(view);
    default:
      return undefined;
  }
}

/** Three formats: lossy, lossless, extended. */
function webpSize(view: DataView): Size | undefined {
  switch (view.getUint8(15)) {
    case 0x20:
      return { width: view.getUint16(26, true) & 0x3f_ff, height: view.getUint16(28, true) & 0x3f_ff };
    case 0x4c: {
      const bits = view.getUint32(21, true);
      return { width: (bits & 0x3f_ff) + 1, height: ((bits >> 14) & 0x3f_ff) + 1 };
    }
    case 0x58:
      return { width: (view.getUint32(24, true) & 0xff_ff_ff) + 1, height: (view.getUint32(26, true) >>> 8) + 1 };
    default:
      return undefined;
  }
}

/** Its segments before the frame header are skipped. */
function jpegSize(view: DataView): Size | undefined {
  for (let at = 2; view.getUint8(at) === 0xff; at += 2 + view.getUint16(at + 2)) {
    const marker = view.getUint8(at + 1);
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (isFrame) return { width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
  }
  return undefined;
}
