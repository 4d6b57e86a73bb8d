from ..exercise import Exercise
exercise = Exercise("training", "training", tasks=())
