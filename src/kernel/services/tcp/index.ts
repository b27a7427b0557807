export { TcpService } from './tcp-service.ts';
