import { Component, input, linkedSignal, signal } from '@angular/core';
import { toObservable } from '@angular/core/rxjs-interop';
import { email, FormField, form, readonly, required } from '@angular/forms/signals';
import { type DeepPartial, partialJson } from 'rxllm';
import { readGrowing } from './growth';

interface Customer {
  name: string;
  email: string;
  company: string;
  address: { street: string; city: string; country: string };
  newsletter: boolean;
}

const empty: Customer = {
  name: '',
  email: '',
  company: '',
  address: { street: '', city: '', country: '' },
  newsletter: false,
};

/** A form that fills while its JSON is written, and belongs to the user after that. */
@Component({
  selector: 'app-customer-form',
  imports: [FormField],
  templateUrl: './customer-form.html',
  styleUrl: './customer-form.css',
})
export class CustomerForm {
  readonly text = input.required<string>();
  readonly busy = input(false);

  private readonly snapshot = readGrowing<DeepPartial<Customer>>(toObservable(this.text), partialJson<Customer>(), {});
  private readonly model = linkedSignal((): Customer => {
    const { address, ...fields } = this.snapshot();
    return { ...empty, ...fields, address: { ...empty.address, ...address } };
  });

  protected readonly saved = signal(false);
  protected readonly customer = form(this.model, (path) => {
    readonly(path, () => this.busy());
    required(path.name, { message: 'A name is needed.' });
    email(path.email, { message: 'This is no address.' });
  });

  protected save(event: Event): void {
    event.preventDefault();
    this.saved.set(this.customer().valid());
  }
}
