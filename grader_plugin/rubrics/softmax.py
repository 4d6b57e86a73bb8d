from ..exercise import Exercise
exercise = Exercise("softmax", "softmax", tasks=())
