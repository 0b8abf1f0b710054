"""Will we still be able to charge?"""
