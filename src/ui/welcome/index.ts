export { SampleLink } from './SampleLink.tsx';
export { TourCard } from './TourCard.tsx';
export { Welcome } from './Welcome.tsx';
