"""The import of whole customer lists, step by step.

``texts``  what is told to people, in their language
``row``    one row: from what its cells say to the values of a customer
``cards``  which certification a row means
``known``  the customers who are here already
``plan``   all rows: who is new, who is known, what speaks against it
``card_plan``  which cards are made, which completed
``write``  the plan becomes customers
"""
