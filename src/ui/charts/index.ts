export { Chart, type Line } from './Chart.tsx';
