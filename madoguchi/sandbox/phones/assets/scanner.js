// Reading a QR code out of a picture, where the browser can (Barcode Detection API: Chrome on macOS, Android, ChromeOS).
export const reads = "BarcodeDetector" in window;

/** What the code in the picture says; empty when there is none, or the browser knows no QR codes after all. */
export async function scanned(file) {
  try {
    const [found] = await new BarcodeDetector({ formats: ["qr_code"] }).detect(await createImageBitmap(file));
    return found?.rawValue ?? "";
  } catch {
    return "";
  }
}
