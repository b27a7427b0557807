import { type ReactElement } from 'react';
import { useStore } from 'zustand';
import { useApp } from '../app/index.ts';
import { Dialog, Menu } from '../kit/index.ts';

export function ContextMenu(): ReactElement | null {
  const app = useApp();
  const menu = useStore(app.overlay, (state) => state.menu);
  return menu && <Menu {...menu} onClose={() => app.overlay.setState({ menu: null })} />;
}

export function ConfirmDialog(): ReactElement | null {
  const app = useApp();
  const asked = useStore(app.overlay, (state) => state.confirmation);
  if (!asked) return null;
  const close = (): void => app.overlay.setState({ confirmation: null });
  return (
    <Dialog label={asked.title} onClose={close} className="confirm">
      <div className="dialog-head"><h2>{asked.title}</h2></div>
      <div className="dialog-content"><p>{asked.detail}</p></div>
      <div className="dialog-bar">
        <button type="button" className="btn" data-autofocus onClick={close}>Cancel</button>
        <button type="button" className="btn danger" onClick={() => { close(); asked.run(); }}>{asked.confirm}</button>
      </div>
    </Dialog>
  );
}
