"""draft"""
def trusted(encoder, plan, hits): return hits, 1.0
