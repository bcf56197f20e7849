import { defineStore } from 'pinia';
import { ref, shallowRef } from 'vue';
import { createClient, RpcError, type Channel, type Client, type HostInfo } from '../../main/contract/index.ts';

/** `refused`: there is no way to connect (no token, or the host turned us away before anything worked). */
export type SessionState = 'connecting' | 'connected' | 'lost' | 'refused';

const retryMs = [250, 500, 1000, 2000, 4000];

/** The connection to the host. It is made again when it is lost; `onConnected` runs each time, and once at once when there is one. */
export const useSession = defineStore('session', () => {
  const state = ref<SessionState>('connecting');
  const reason = ref('');
  const info = shallowRef<HostInfo>();
  const listeners = new Set<(client: Client) => void>();
  let current: Client | undefined;

  /** The typed client. Calls fail with code `closed` while there is no connection. */
  function api(): Client {
    if (!current) throw new RpcError({ code: 'closed', message: 'there is no connection to Pocketvisor' });
    return current;
  }

  /** Answers the function that ends it. */
  function onConnected(listener: (client: Client) => void): () => void {
    listeners.add(listener);
    if (current && state.value === 'connected') listener(current);
    return () => void listeners.delete(listener);
  }

  /** Connects, and again whenever the connection is lost; ends when `open` says that it is no use by an RpcError. */
  async function connect(open: () => Promise<Channel>): Promise<void> {
    for (let failures = 0; ;) {
      try {
        const client = createClient(await open());
        const closed = new Promise<void>((resolve) => client.onClose(resolve));
        info.value = await client.host.info();
        failures = 0;
        current = client;
        state.value = 'connected';
        for (const listener of listeners) listener(client);
        await closed;
      } catch (error) {
        if (error instanceof RpcError && error.code !== 'closed') {
          reason.value = error.message;
          state.value = 'refused';
          return;
        }
      }
      if (state.value === 'connected') state.value = 'lost';
      await new Promise((resolve) => setTimeout(resolve, retryMs[Math.min(failures++, retryMs.length - 1)]));
    }
  }

  return { state, reason, info, api, onConnected, connect };
});
