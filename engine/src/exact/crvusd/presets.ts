export const presets = [];
