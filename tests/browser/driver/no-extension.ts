/** Stands where a plain page has no extension interface. */
export const browser = {};
