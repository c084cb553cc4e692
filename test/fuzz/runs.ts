/** How many times a property is tried: as given in `npm test`, FUZZ_FACTOR times as often in `npm run fuzz`. */
export const runs = (count: number): number => count * Number(process.env.FUZZ_FACTOR ?? 1);
