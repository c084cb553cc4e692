export const nps = {};
