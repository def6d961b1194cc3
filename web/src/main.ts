import { mount } from 'svelte';
import { watchForLeaving } from './account/leaving';
import App from './app/App.svelte';
import { theme } from './app/theme.svelte';
import { language } from './text';
import './styles/tokens.css';
import './styles/base.css';

watchForLeaving();
theme.follow();
document.documentElement.lang = language;
mount(App, { target: document.getElementById('app')! });
