import { mount } from 'svelte';
import App from './app/App.svelte';
import { theme } from './app/theme.svelte';
import { text } from './text';
import './styles/tokens.css';
import './styles/base.css';

theme.follow();
document.documentElement.lang = text.language;
mount(App, { target: document.getElementById('app')! });
