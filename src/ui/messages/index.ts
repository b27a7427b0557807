export { MessageList, MessagesButton } from './MessageList.tsx';
export { Banners, Toasts } from './Messages.tsx';
