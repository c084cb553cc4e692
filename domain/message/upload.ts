/** The largest file that people upload (bytes): pages say so before they begin, the server refuses what comes all the same. */
export const UPLOAD_BYTES = 50 * 1024 * 1024;
