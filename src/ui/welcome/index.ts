export { TourCard } from './TourCard.tsx';
export { Welcome } from './Welcome.tsx';
