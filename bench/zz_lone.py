import asyncio, json, statistics, sys, time
from bench.race import Rivals, running, _race
from bench import race
async def main(n):
    with running("postgresql") as url:
        from bench import arena as A
        rivals = Rivals(url); await rivals.connect()
        out={}
        async def lone(name, asks):
            t=[]
            for ask in asks:
                i = len(t)%20
                ready = race._written(rivals.host, ask)
                st, sp = await race._ask(*rivals.lines[i], ready)
                assert st<500,(name,st)
                t.append(sp)
            q=statistics.quantiles(t,n=20); print(f"{name}: med {statistics.median(t):.1f} p95 {q[18]:.1f}",flush=True)
        await lone("GET /healthz-ish agendas/x 404", [("GET","/agendas/nada/slots",{})]*200)
        await lone("GET agendas", [("GET","/agendas",{})]*100)
        a=A.Arena("marcar/marcar",n); await lone("book",[a.booking(s) for s in a.starts()])
        a=A.Arena("reservar",n); await lone("hold",[a.holding(s) for s in a.starts()])
        a=A.Arena("m",n); st=list(a.starts()); 
        aside=[a.book(s+__import__('datetime').timedelta(minutes=20)) for s in st]
        await lone("move",[("POST",f"/appointments/{t}/move",{"start":s.isoformat()}) for t,s in zip(aside,st)])
        a=A.Arena("cancelar/fila",n); asks=[]
        for asked,_ in A._cancel_waitlist(a): asks.append(asked[0])
        await asyncio.sleep(15)
        await lone("cancel",asks)
        a=A.Arena("aprovar/aprovar",n); asks=[]
        A.RIVALS=1
        for asked,_ in A._approve_approve(a): asks.append(asked[0])
        await asyncio.sleep(5)
        await lone("approve",asks)
        rivals.close()
asyncio.run(main(int(sys.argv[1])))
