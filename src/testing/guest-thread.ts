import './guest-scope.ts';
import '../guest/guest.worker.ts';
