/** Put in by @electron-forge/plugin-vite: the renderer's development server, while there is one, and its folder. */
declare const MAIN_WINDOW_VITE_DEV_SERVER_URL: string | undefined;
declare const MAIN_WINDOW_VITE_NAME: string;
