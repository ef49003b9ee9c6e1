"""What citizens touch: appeals, their progress, matters (我要办事), what is public, and Open311."""
