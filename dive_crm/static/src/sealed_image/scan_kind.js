/** The same as in tools/scan.py, which decides; here it saves a wait. */
export const SIZE_LIMIT = 10 * 2 ** 20;

const MAGIC = [
    ["jpeg", "\xff\xd8\xff"],
    ["png", "\x89PNG\r\n\x1a\n"],
    ["pdf", "%PDF-"],
];
const HEIC = ["heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1"];

/**
 * What a file is, by its first bytes.
 *
 * @param {string} data base64
 * @returns {"jpeg"|"png"|"pdf"|"heic"|null}
 */
export function kindOf(data) {
    const start = window.atob(data.slice(0, 24));
    if (start.slice(4, 8) === "ftyp" && HEIC.includes(start.slice(8, 12))) {
        return "heic";
    }
    const found = MAGIC.find(([, magic]) => start.startsWith(magic));
    return found ? found[0] : null;
}
