export const internal = {};
