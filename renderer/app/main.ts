import { createPinia } from 'pinia';
import { createApp } from 'vue';
import { openChannel } from '../api/channel.ts';
import { useSession } from '../api/session.ts';
import '../base/theme.css';
import 'dockview-vue/dist/styles/dockview.css';
import '../base/dock.css';
import App from './App.vue';

const app = createApp(App);
app.use(createPinia());
app.mount('#app');

// `npm run dev` with `?fake`: the window without a host, to work on its looks.
const fake = import.meta.env.DEV && new URLSearchParams(location.search).has('fake');
const open = fake ? (await import('../api/fake/host.ts')).openFakeChannel : openChannel;
void useSession().connect(open);
