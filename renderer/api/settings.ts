import { defineStore } from 'pinia';
import { ref, shallowRef, watchEffect } from 'vue';
import type { Settings } from '../../main/contract/index.ts';
import { useNotices } from './notices.ts';
import { useSession } from './session.ts';

/** What a person has chosen; the host keeps it, and tells every window. */
export const useSettings = defineStore('settings', () => {
  const session = useSession();
  const notices = useNotices();
  const values = shallowRef<Settings>();
  const prefersLight = matchMedia('(prefers-color-scheme: light)');
  const systemTheme = ref<'light' | 'dark'>(prefersLight.matches ? 'light' : 'dark');
  const theme = ref<'light' | 'dark'>('dark');
  prefersLight.addEventListener('change', ({ matches }) => (systemTheme.value = matches ? 'light' : 'dark'));

  session.onConnected((client) => {
    client.on('settings', (changed) => (values.value = changed));
    void notices.attempt(async () => (values.value = await client.settings.get()));
  });

  watchEffect(() => {
    const chosen = values.value?.theme ?? 'dark';
    theme.value = chosen === 'system' ? systemTheme.value : chosen;
    document.documentElement.dataset['theme'] = theme.value;
  });

  /** Takes effect at once; the host is told. */
  async function change(changes: Partial<Settings>): Promise<void> {
    if (values.value) values.value = { ...values.value, ...changes };
    await notices.attempt(() => session.api().settings.set(changes));
  }

  return { values, theme, change };
});
