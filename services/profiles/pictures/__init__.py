"""Pictures that people upload: written anew in a few sizes, without what cameras add, and served for ever.

A document embeds its `Picture`. Its aggregate receives one (`serving.receive_picture`), attaches it in a transaction
(`store.attach_picture` and `keep_picture`), drops it (`drop_pictures`), and delivers it at its own path (`deliver`).
"""
