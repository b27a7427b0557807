export { TextView } from './TextView.tsx';
export { sequenceLength } from './decode.ts';
