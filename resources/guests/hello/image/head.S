// hello as an image that runs wherever it is loaded: it moves itself there, and goes on as the ELF does.

    .include "linux-image.inc"

    .section .text.start, "ax"
    image_head
    mov     x19, x0
    relocate_image
    mov     x0, x19
    b       _start
